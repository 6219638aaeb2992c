#!/bin/sh
# Sends a message to agent-host's POST /chat and prints the answer.
#
#   chat_send.sh "text"          goes on with the conversation of this folder
#   chat_send.sh --new ["text"]  begins another
#
# CHAT_URL      where the service is (default http://127.0.0.1:8080)
# CHAT_API_KEY  sent as a bearer token, where the service asks for one
# The conversation's id is kept in .chat_session_id. Needs curl and awk.
# Exit codes: 0 answered, 1 refused, 2 usage, 3 no service, 4 a call waits for an approval.
set -eu

id_file=.chat_session_id
url=${CHAT_URL:-http://127.0.0.1:8080}

usage() {
  echo 'usage: chat_send.sh [--new] "text"' >&2
  exit 2
}

new_session() {
  printf 'chat-%s\n' "$(od -An -N12 -tx1 /dev/urandom | tr -d ' \n')" >"$id_file"
}

# Standard input as the inside of a JSON string (RFC 8259, 7); a last line break is dropped.
to_json() {
  LC_ALL=C awk '
    BEGIN { for (i = 1; i < 32; i++) code[sprintf("%c", i)] = sprintf("\\u%04x", i) }
    {
      if (NR > 1) printf "\\n"
      n = length($0)
      for (i = 1; i <= n; i++) {
        c = substr($0, i, 1)
        if (c == "\\" || c == "\"") printf "\\%s", c
        else if (c in code) printf "%s", code[c]
        else printf "%s", c
      }
    }'
}

# The string at the key $1 of the flat JSON object on standard input; fails where there is none.
from_json() {
  LC_ALL=C awk -v key="\"$1\":\"" '
    function hex(digits, value, k) {
      value = 0
      for (k = 1; k <= 4; k++) value = value * 16 + index("0123456789abcdef", tolower(substr(digits, k, 1))) - 1
      return value
    }
    { text = text $0 }
    END {
      start = index(text, key)
      if (start == 0) exit 1
      for (i = start + length(key); i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "\"") break
        if (c != "\\") { printf "%s", c; continue }
        c = substr(text, ++i, 1)
        if (c == "n") printf "\n"
        else if (c == "t") printf "\t"
        else if (c == "r") printf "\r"
        else if (c == "b") printf "\b"
        else if (c == "f") printf "\f"
        else if (c == "u") { printf "%c", hex(substr(text, i + 1, 4)); i += 4 }
        else printf "%s", c
      }
      printf "\n"
    }'
}

[ $# -ge 1 ] || usage
if [ "$1" = --new ]; then
  new_session
  shift
  [ $# -ge 1 ] || exit 0
fi
[ $# -eq 1 ] && [ -n "$1" ] || usage
[ -s "$id_file" ] || new_session
session=$(head -n 1 "$id_file")

body=$(printf '{"session_id":"%s","message":"%s"}' "$session" "$(printf '%s\n' "$1" | to_json)")
answer=$(mktemp)
trap 'rm -f "$answer"' EXIT
set -- -sS -o "$answer" -w '%{http_code}' -H 'content-type: application/json' --data-binary @-
[ -z "${CHAT_API_KEY:-}" ] || set -- "$@" -H "authorization: Bearer $CHAT_API_KEY"
status=$(printf '%s' "$body" | curl "$@" "$url/chat") || exit 3
if [ "$status" = 200 ]; then
  from_json answer <"$answer"
  # Inside of a string the quotes would be escaped.
  if grep -q '"pending":\[' "$answer"; then
    approval="$url/api/v1/runs/$(from_json run_id <"$answer")/approvals/$(from_json id <"$answer")"
    echo "A call of $(from_json name <"$answer") waits for an approval: POST {\"decision\":\"approve\"} to $approval" >&2
    exit 4
  fi
else
  echo "The service answered $status: $(from_json message <"$answer" || cat "$answer")" >&2
  exit 1
fi
