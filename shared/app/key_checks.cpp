#include "shared/app/key_checks.h"

#include "shared/app/execution.h"
#include "shared/app/master_key.h"
#include "shared/base/ip_range.h"
#include "shared/json/json.h"
#include "shared/service/nonces.h"

namespace crane::app {
namespace {

void refuse_address(const service::api_keys::ApiKeyRow& key, std::string_view ip_address) {
    if (key.allowed_ips == "[]") return;
    const auto document = json::parse(key.allowed_ips);
    bool is_allowed = false;
    document.root().for_each([&](json::View text) {
        const auto range = parse_ip_range(text.text());
        is_allowed = is_allowed || (range && contains(*range, ip_address));
    });
    if (is_allowed) return;
    throw Error(ErrorCode::ip_not_allowed,
                "This API key may not be used from " + std::string(ip_address) + ".");
}

}  // namespace

void refuse_key(const service::api_keys::ApiKeyRow& key, std::string_view ip_address, Timestamp at) {
    const auto status = key.status_at(at);
    if (status == "revoked") throw Error(ErrorCode::revoked_api_key, "This API key has been revoked.");
    if (status == "expired") {
        throw Error(ErrorCode::expired_api_key,
                    "This API key expired at " + format_timestamp(*key.expires_at) + ".");
    }
    if (key.secret_expires_at && *key.secret_expires_at <= at) {
        throw Error(ErrorCode::expired_api_key,
                    "This API key was rotated, and its secret from before ended at " +
                        format_timestamp(*key.secret_expires_at) + "; use the new one.");
    }
    refuse_address(key, ip_address);
}

std::optional<RequestSignature> check_signature(const service::api_keys::ApiKeyRow& key,
                                                const http::Request& request, Timestamp at) {
    if (request.signature.empty()) {
        if (!key.require_signature) return std::nullopt;
        throw Error(ErrorCode::invalid_signature,
                    "This API key takes signed requests only; send the header Crane-Signature.");
    }
    auto signature = parse_signature(request.signature);
    if (!key.can_sign()) {
        throw Error(ErrorCode::invalid_signature,
                    "This API key has no signing secret, so the signature cannot be checked.");
    }
    const auto secret =
        service::api_keys::unseal_signing_secret(key.sealed_signing_secret, key.id, master_key());
    refuse_wrong_signature(signature, {request.method, request.target, request.body}, secret, at);
    return signature;
}

void use_nonce(Stores& stores, const ApiKeyId& key_id, const RequestSignature& signature) {
    // As long as the signature could pass for a new one, and a minute more, by
    // which the clocks of several servers may differ.
    const auto end_seconds = signature.unix_seconds + signature_tolerance_seconds + 60;
    bool is_new = false;
    with_replays(stores, [&](store::Session& session) {
        is_new = service::nonces::use(session, key_id, signature.nonce, Timestamp{end_seconds * 1'000'000});
        session.commit();
    });
    if (is_new) return;
    throw Error(ErrorCode::signature_replayed,
                "The nonce of this signature was used before; sign each request anew.");
}

}  // namespace crane::app
