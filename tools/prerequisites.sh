# Finds what set-up cannot install by itself, and says how to get what is missing. Sourced by
# tools/setup from the repository's root; works in bash 3.2.

# The oldest Rust that the kernel's workspace says it builds with.
rust_needed() {
  sed -n 's/^rust-version = "\(.*\)"/\1/p' features_rs/Cargo.toml
}

# A shim of a version manager may have the right name and yet fail, so each is run.
is_new_python() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 12))' >/dev/null 2>&1
}

makes_environments() {
  "$1" -c 'import ensurepip, venv' >/dev/null 2>&1
}

python_candidates() {
  [ -z "${PYTHON:-}" ] || echo "$PYTHON"
  printf '%s\n' python3.12 python3.13 python3.14 python3 python
  local versions="${PYENV_ROOT:-$HOME/.pyenv}/versions"
  printf '%s\n' "$versions"/3.12*/bin/python "$versions"/3.1[3-9]*/bin/python
  command -v uv >/dev/null 2>&1 && uv python find '>=3.12' 2>/dev/null || true
}

# Prints the first interpreter that is new enough and can make environments.
find_python() {
  local candidate
  while IFS= read -r candidate; do
    if is_new_python "$candidate" && makes_environments "$candidate"; then
      command -v "$candidate"
      return
    fi
  done < <(python_candidates)
  return 1
}

has_new_rust() {
  local version
  version=$(rustc --version 2>/dev/null | sed -n 's/^rustc \([0-9]*\.[0-9]*\).*/\1/p')
  [ -n "$version" ] && cargo --version >/dev/null 2>&1 \
    && [ "$(printf '%s\n' "$(rust_needed)" "$version" | sort -t. -k1,1n -k2,2n | head -1)" \
      = "$(rust_needed)" ]
}

has_linker() {
  command -v cc >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 || command -v clang >/dev/null 2>&1
}

# Prints one line for each prerequisite that is missing.
missing_prerequisites() {
  command -v git >/dev/null 2>&1 \
    || echo "git: from the system's packages (apt install git, brew install git)"
  find_python >/dev/null \
    || echo "Python 3.12 or newer with its venv module: from the system's packages (apt install" \
      "python3.12-venv, brew install python@3.12), by \`pyenv install 3.12\` or" \
      "\`uv python install 3.12\`; or name one: PYTHON=/path/to/python3.12 make setup"
  has_new_rust \
    || echo "Rust $(rust_needed) or newer (cargo and rustc): by https://rustup.rs, then \`rustup update\`"
  has_linker \
    || echo "a C linker: from the system's packages (apt install gcc, xcode-select --install)"
}

require_prerequisites() {
  local missing
  missing=$(missing_prerequisites)
  [ -n "$missing" ] || return 0
  {
    echo "Failed to set up; missing on this machine:"
    printf '%s\n' "$missing" | sed 's/^/  - /'
    echo "Install what is listed and run the same command again."
  } >&2
  exit 1
}
