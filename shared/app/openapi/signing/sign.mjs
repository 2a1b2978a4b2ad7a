#!/usr/bin/env node
// Sends one signed request with Node.js 18 or later: node sign.mjs METHOD PATH [BODY]
//
// PATH has the query with it, percent-encoded. Reads CRANE_URL, CRANE_KEY and CRANE_SIGNING_SECRET; if the server's
// certificate is signed by an authority of its own, NODE_EXTRA_CA_CERTS names its file.
import { createHash, createHmac, randomBytes } from "node:crypto";

export function signatureOf(secret, method, target, body = "") {
  const seconds = Math.floor(Date.now() / 1000);
  const nonce = randomBytes(16).toString("hex");
  const digest = createHash("sha256").update(body).digest("hex");
  const text = [seconds, nonce, method, target, digest].join("\n");
  const code = createHmac("sha256", secret).update(text).digest("hex");
  return `t=${seconds},n=${nonce},v1=${code}`;
}

const [method, path, body] = process.argv.slice(2);
// What fetch() sends is the address as URL writes it, so that is what is signed.
const address = new URL(path, process.env.CRANE_URL);
const target = address.pathname + address.search;
const headers = {
  Authorization: `Bearer ${process.env.CRANE_KEY}`,
  "Crane-Signature": signatureOf(process.env.CRANE_SIGNING_SECRET, method, target, body),
};
if (body) headers["Content-Type"] = "application/json";
const reply = await fetch(address, { method, headers, body });
console.log(await reply.text());
