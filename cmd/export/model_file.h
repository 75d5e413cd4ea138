/* A model as a file for other programs. */
#ifndef SEG_CMD_EXPORT_MODEL_FILE_H
#define SEG_CMD_EXPORT_MODEL_FILE_H

/* Writes the model of the stream at path, NULL: stdin, to an ONNX file; exits
   on failure. */
void cli_export_onnx(const char *onnx, const char *path, int softmax);

#endif
