# Sourced by the scripts beside it: `environment NAME` makes build/NAME-env from requirements/NAME.txt once and sets env.
# PyTorch is needed there and nowhere else.
environment() {
    env=build/$1-env
    if [ ! -e "$env/made" ]; then
        "${PYTHON:-python3}" -m venv "$env"
        "$env/bin/python" -m pip install -q --require-hashes -r "requirements/$1.txt"
        touch "$env/made"
    fi
    export HF_HUB_OFFLINE=1 TRANSFORMERS_OFFLINE=1
}
