# shellcheck shell=bash
# Sourced by bin/demo, bin/test and bin/sandbox. Sets:
#   root    the project folder
#   python  the Python of .venv, with everything in requirements.txt installed (after `bootstrap`)
# Needs nothing but bash and a Python; touches nothing outside the project folder.

root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd -P)
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP PYTHONDONTWRITEBYTECODE

# Prints "good", or the version if Airflow does not run on it, or nothing if it does not run at all.
_judge_python() {
    "$1" -c 'import sys
v = sys.version_info[:3]
print("good" if (3, 11) <= v[:2] <= (3, 14) else ".".join(map(str, v)))' 2>/dev/null || true
}

_stop() {
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# Sets base_python to a Python that Airflow 3.3 and this project run on (3.11 to 3.14).
find_python() {
    local candidate verdict seen=""
    if [ -n "${PYTHON:-}" ]; then
        verdict=$(_judge_python "$PYTHON")
        [ "$verdict" = good ] || _stop "PYTHON names $PYTHON, which is ${verdict:-no Python that runs}; needed is Python 3.11, 3.12, 3.13 or 3.14."
        base_python=$PYTHON
        return
    fi
    for candidate in "$root/.venv/bin/python" python3 python3.14 python3.13 python3.12 python3.11 python; do
        command -v "$candidate" >/dev/null 2>&1 || continue
        verdict=$(_judge_python "$candidate")
        if [ "$verdict" = good ]; then
            base_python=$candidate
            return
        fi
        if [ -n "$verdict" ]; then seen="${seen:+$seen, }$verdict"; fi
    done
    _stop "needed is Python 3.11, 3.12, 3.13 or 3.14; found ${seen:-none}. Install one, or name it: PYTHON=/path/to/python ${0##*/}"
}

# Makes .venv and installs what requirements.txt pins, unless that was done already.
bootstrap() {
    [ -n "${base_python:-}" ] || find_python
    "$base_python" "$root/bin/lib/bootstrap.py" "$root" "${0##*/}" || exit 1
    # shellcheck disable=SC2034 # for the script that sources this
    python=$root/.venv/bin/python
}
