#!/usr/bin/env bash
# Writes the Python of every contract into fraud/v1 (and of its validation rules into fraud/buf).
# With --check, writes nothing and fails when what is committed is not what would be written.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m grpc_tools.protoc --proto_path=proto \
  --python_out="$out" --mypy_out=quiet:"$out" \
  --grpc_python_out="$out" --mypy_grpc_out=quiet:"$out" \
  proto/fraud/v1/*.proto
PATH="$PWD/.venv/bin:$PATH" .venv/bin/python -m grpc_tools.protoc --proto_path=proto \
  --python_out="$out/fraud" --mypy_out=quiet:"$out/fraud" proto/buf/validate/validate.proto

# The rules' own package would claim the top-level name `buf`; it lives under `fraud` instead.
sed -i -E 's/^(from|import) buf\./\1 fraud.buf./' "$out"/fraud/v1/*
# Only the four services need gRPC stubs.
for grpc in "$out"/fraud/v1/*_pb2_grpc.py; do
  grep -q 'class .*Servicer' "$grpc" || rm "$grpc" "${grpc}i"
done
touch "$out/fraud/v1/__init__.py" "$out/fraud/buf/__init__.py" "$out/fraud/buf/validate/__init__.py"

if [ "${1:-}" = --check ]; then
  for package in v1 buf; do
    diff -ru --exclude=__pycache__ "fraud/$package" "$out/fraud/$package" || {
      echo "Generated code is out of date: fraud/$package. Run \`make generate\`." >&2
      exit 1
    }
  done
  # What producers are held to is what `buf breaking` is.
  cmp proto/baseline.binpb messaging/released.binpb || {
    echo "Out of date: messaging/released.binpb. Run \`make generate\`." >&2
    exit 1
  }
else
  rm -rf fraud/v1 fraud/buf
  cp -r "$out/fraud/v1" "$out/fraud/buf" fraud/
  cp proto/baseline.binpb messaging/released.binpb
fi
