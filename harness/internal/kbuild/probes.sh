#!/bin/sh
# Runs the compiler, but for a question that it has said yes to before: whether
# it knows options, asked by compiling nothing. What it refused is asked again,
# for a compiler that is killed refuses, too.
compiler=@compiler@

# The question is all arguments but for the output file: a folder for each, in
# the folder of the one before. No program has to be started to look there.
question=${0%/*}/../yes last='' probe=''
for arg; do
	case $last,$arg in
	*..*) exec "$compiler" "$@" ;; # that is no folder's name
	c,/dev/null | assembler,/dev/null | assembler-with-cpp,/dev/null) probe=yes ;;
	esac
	[ "$last" = -o ] || [ "$arg" = -o ] || question=$question/$arg
	last=$arg
done
[ "$probe" ] || exec "$compiler" "$@"
[ -d "$question/=" ] && exit 0
"$compiler" "$@" && { mkdir -p "$question/=" 2>/dev/null; exit 0; } # too long a question is not remembered
