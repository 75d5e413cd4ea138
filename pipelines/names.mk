# Stops at paths that make cannot handle: it splits names at blanks, and these
# characters have a meaning for make or for bash.
special := : % ' " ` \\ ; & | < > ( ) * ? [ ] { } ! $$ \#
$(foreach v,DATA OUT LABEL_MAP PREVIEW_INPUT UNLABELED WEIGHTS,\
    $(if $(word 2,x$($v)x),$(error $v has blanks: $($v): make splits names \
        there; give a symbolic link without blanks, for example: \
        ln -s '$($v)' $v))\
    $(foreach c,$(special),$(if $(findstring $c,$($v)),\
        $(error $v has the character $c: $($v): \
            give a symbolic link without it))))
