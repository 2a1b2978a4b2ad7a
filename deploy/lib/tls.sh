# A certificate from a certificate authority of this folder's own. Whoever puts a certificate of another
# issuer into DIR/tls keeps it.
# shellcheck shell=bash

TLS_ISSUER="Crane local authority"

make_certificates() {
    local tls=$DATA/tls
    certificate_is_ours || return 0
    if [ ! -s "$tls/ca.pem" ] || [ ! -s "$DATA/secrets/ca.key" ]; then make_authority; fi
    if ! certificate_is_fit; then make_certificate; fi
    # After a change of the user.
    if is_root; then chown "$RUN_USER:$RUN_GROUP" "$tls/server.key"; fi
}

certificate_is_ours() {
    [ ! -s "$DATA/tls/server.pem" ] || openssl x509 -in "$DATA/tls/server.pem" -noout -issuer 2> /dev/null | grep -qF "$TLS_ISSUER"
}

certificate_is_fit() {
    local tls=$DATA/tls
    [ -s "$tls/server.key" ] && openssl x509 -in "$tls/server.pem" -noout -checkend $((30 * 86400)) > /dev/null 2>&1 &&
        openssl verify -CAfile "$tls/ca.pem" "$tls/server.pem" > /dev/null 2>&1 &&
        openssl x509 -in "$tls/server.pem" -noout -checkhost "$(uname -n)" | grep -q 'does match'
}

make_authority() {
    local config
    config="[req]
distinguished_name = name
x509_extensions = authority
prompt = no
[name]
CN = $TLS_ISSUER
[authority]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash"
    ( umask 077 && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -days 3650 -config <(echo "$config") \
        -keyout "$DATA/secrets/ca.key.new" -out "$DATA/tls/ca.pem.new" ) 2> /dev/null ||
        die "openssl could not make the certificate authority in $DATA/tls; check the disk."
    mv -f "$DATA/secrets/ca.key.new" "$DATA/secrets/ca.key"
    chmod 644 "$DATA/tls/ca.pem.new"
    mv -f "$DATA/tls/ca.pem.new" "$DATA/tls/ca.pem"
}

make_certificate() {
    local tls=$DATA/tls extensions
    extensions="basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
subjectAltName = DNS:localhost, DNS:$(uname -n), IP:127.0.0.1, IP:::1"
    ( umask 077 &&
        openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -noenc -subj /CN=localhost -keyout "$tls/server.key.new" -out "$tls/server.csr" &&
        openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.pem" -CAkey "$DATA/secrets/ca.key" -days 397 \
            -set_serial "0x$(openssl rand -hex 16)" -extfile <(echo "$extensions") -out "$tls/server.pem.new" ) 2> /dev/null ||
        die "openssl could not make the certificate in $DATA/tls; check the disk."
    rm -f "$tls/server.csr"
    chmod 644 "$tls/server.pem.new"
    mv -f "$tls/server.key.new" "$tls/server.key"
    mv -f "$tls/server.pem.new" "$tls/server.pem"
}
