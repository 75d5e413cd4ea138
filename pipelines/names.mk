# Paths that make cannot handle are refused at the start: it cuts names at blanks,
# and these signs mean something to it or to bash.
signs  := : % ' " ` \\ ; & | < > ( ) * ? [ ] { } ! $$ \#
$(foreach v,DATA OUT MAP WHOLE,\
    $(if $(word 2,x$($v)x),$(error $v has blanks: $($v): make cuts names there; \
        give a symbolic link without blanks, for example: ln -s '$($v)' $v))\
    $(foreach s,$(signs),$(if $(findstring $s,$($v)),\
        $(error $v has the sign $s: $($v): give a symbolic link without it))))
