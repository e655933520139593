// Requests to the service and its answers: JSON, or an error that says what is wrong and what to do.

export class Refusal extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const keyName = "infodiet-key";
export const setKey = (key) => sessionStorage.setItem(keyName, key);

const mostTries = 3; // when the service is too busy

const wait = (seconds, signal) =>
  new Promise((then) => {
    const timer = setTimeout(then, 1000 * seconds);
    signal?.addEventListener("abort", () => (clearTimeout(timer), then()));
  });

/// `values` become the query; a `body` is sent as JSON. Throws Refusal, or the browser's error.
export const ask = async (path, { values = {}, body, signal } = {}) => {
  const query = new URLSearchParams(values).toString();
  const headers = {};
  const key = sessionStorage.getItem(keyName);
  if (key) headers["X-API-Key"] = key;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const request = {
    method: body === undefined ? "GET" : "POST",
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  };
  let answer;
  for (let tries = 0; tries < mostTries; ++tries) {
    if (tries > 0) await wait(Number(answer.headers.get("Retry-After")), signal);
    answer = await fetch(query ? `${path}?${query}` : path, request);
    if (answer.status !== 429) break;
  }
  const document = await answer.json();
  if (!answer.ok) throw new Refusal(answer.status, document.error);
  return document;
};

/// The text of an error; empty if a later request replaced this one.
export const saying = (error) => {
  if (error.name === "AbortError") return null;
  if (error instanceof Refusal) return error.message;
  return "The service does not answer: is 'infodiet serve' still running? " + error.message;
};

/// A function that can be called repeatedly, where only the latest answer counts: earlier requests are aborted, and
/// with giveUp() the latest too.
export const latest = (question) => {
  let controller = new AbortController();
  const askAgain = (...given) => {
    askAgain.giveUp();
    return question(controller.signal, ...given);
  };
  askAgain.giveUp = () => {
    controller.abort();
    controller = new AbortController();
  };
  return askAgain;
};

/// Waits until there was no call for that long.
export const settled = (milliseconds, then) => {
  let timer;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(then, milliseconds, ...given);
  };
};
