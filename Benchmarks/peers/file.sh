#!/bin/sh
# The `file` command, which also knows the sizes of the four formats; it has one thread.
set -eu
case $1 in
describe)
    command -v file >/dev/null || exit 3
    printf 'file\tfile (one thread)\t%s\tcheck\tjpg,png,gif,webp\t-\t\n' "$(file --version | sed -n 's/^file-//p')"
    ;;
check) exec xargs -0 file -b -- <"$LIST" ;;
esac
