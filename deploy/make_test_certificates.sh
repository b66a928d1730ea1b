#!/bin/sh
# Makes certificates to try TLS with: an authority, one for servers and one for clients, all valid for 30 days.
#
#   make_test_certificates.sh DIR [NAME-OR-ADDRESS...]
#
# DIR gets ca.pem, server.pem, client.pem and their keys (ca-key.pem, server-key.pem, client-key.pem), which only their
# owner can read. Servers are called localhost, 127.0.0.1 and ::1, and as you say. Not for production: keep ca-key.pem
# to yourself, or delete it.
set -eu

if [ $# -lt 1 ]; then
  echo "usage: $0 DIR [NAME-OR-ADDRESS...]" >&2
  exit 2
fi
command -v openssl > /dev/null || { echo "$0: openssl is not installed (Debian: apt-get install openssl)" >&2; exit 1; }

directory=$1
shift
umask 077
mkdir -p "$directory"
cd "$directory"

names="DNS:localhost,IP:127.0.0.1,IP:::1"
for name in "$@"; do
  case $name in
    *:*) names="$names,IP:$name" ;;
    *[!0-9.]*) names="$names,DNS:$name" ;;
    *) names="$names,IP:$name" ;;
  esac
done

new_key() { openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1" 2> /dev/null; }

# issue FILE KEY COMMON-NAME EXTENSION...: a certificate of the authority.
issue() {
  file=$1 key=$2 common_name=$3
  shift 3
  new_key "$key"
  printf '%s\n' "basicConstraints=critical,CA:FALSE" "$@" > extensions
  openssl req -new -key "$key" -subj "/CN=$common_name" -out request
  openssl x509 -req -in request -CA ca.pem -CAkey ca-key.pem -days 30 -extfile extensions -out "$file" 2> /dev/null
  rm -f request extensions
}

new_key ca-key.pem
openssl req -x509 -new -key ca-key.pem -subj "/CN=provider balancer test authority" -days 30 \
  -addext "keyUsage=critical,keyCertSign,cRLSign" -out ca.pem
issue server.pem server-key.pem "provider balancer" "extendedKeyUsage=serverAuth" "subjectAltName=$names"
issue client.pem client-key.pem "provider balancer gateway" "extendedKeyUsage=clientAuth"
chmod 600 ca-key.pem server-key.pem client-key.pem
chmod 644 ca.pem server.pem client.pem
echo "made in $directory: ca.pem server.pem server-key.pem client.pem client-key.pem"
