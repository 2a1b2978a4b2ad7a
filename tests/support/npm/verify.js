// Verifies messages with the official library of Standard Webhooks: a line of JSON in, {secret, headers, payload}, a line of JSON out.
const readline = require("node:readline");
const { Webhook } = require("standardwebhooks");

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { secret, headers, payload } = JSON.parse(line);
  try {
    const message = new Webhook(secret).verify(payload, headers);
    console.log(JSON.stringify({ message }));
  } catch (error) {
    console.log(JSON.stringify({ error: `${error.name}: ${error.message}` }));
  }
});
