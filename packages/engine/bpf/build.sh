#!/bin/sh
# Build fastpath.bpf.o with clang 19. The object is checked in, with the compiler's version beside it: users need no compiler.
#
#   build.sh [output]
set -eu
cd "$(dirname "$0")"
out=${1:-fastpath.bpf.o}
clang=${CLANG:-clang-19}
strip=${LLVM_STRIP:-llvm-strip-19}

# -g is for BTF; what it adds beyond that is stripped. v3: atomic operations that return a value (Linux 5.12).
"$clang" -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter -target bpf -mcpu=v3 \
  -idirafter "/usr/include/$(uname -m)-linux-gnu" -fdebug-prefix-map="$PWD=." \
  -c fastpath.bpf.c -o "$out"
"$strip" -g "$out"
[ $# -gt 0 ] || "$clang" --version | head -n 1 > fastpath.bpf.clang
