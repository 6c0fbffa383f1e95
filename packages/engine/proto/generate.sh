#!/bin/sh
# Write the types of the gRPC API into proto/generated (or the folder given): types only, nothing that runs.
# The options are those that src/api/definition.ts loads the same file with.
set -eu
cd "$(dirname "$0")"
out=${1:-generated}
rm -rf "$out"
../../../node_modules/.bin/proto-loader-gen-types --longs=Number --enums=String --defaults \
  --includeComments --grpcLib=@grpc/grpc-js --importFileExtension=.ts --includeDirs=. --outDir="$out" tandem/v1/node.proto
