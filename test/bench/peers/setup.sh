#!/usr/bin/env bash
# Makes the Python environment that the program is measured against: about 4 GB below ~/.cache, nothing in the
# repository. With the folder's name it can be deleted again. Safe to call twice.
set -euo pipefail
folder="${SIMGAN_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/simgan-studio-peers}"
mkdir -p "$folder"
[ -x "$folder/venv/bin/python" ] || python3 -m venv "$folder/venv"
# PyPI's torch is the CUDA build; it does not load without the CUDA libraries that it depends on.
"$folder/venv/bin/pip" install --quiet torch 'tensorflow-cpu==2.19.1' safetensors pillow
"$folder/venv/bin/python" -c 'import torch; print("PyTorch", torch.__version__)'
TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" -c 'import tensorflow; print("TensorFlow", tensorflow.__version__)' 2>/dev/null
