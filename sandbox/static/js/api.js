/** The people side of the sandbox over HTTP. Every call resolves with JSON or throws an `ApiError`. */

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new ApiError(0, "");
  }
  const text = await response.text();
  if (!response.ok) throw new ApiError(response.status, reason(text) || response.statusText);
  return text ? JSON.parse(text) : null;
}

/** The words in an error body, whichever of the usual fields carries them. */
function reason(text) {
  try {
    const body = JSON.parse(text);
    return String(body.description ?? body.error ?? body.detail ?? body.message ?? "");
  } catch {
    return text.slice(0, 200);
  }
}

const person = (id) => `/sandbox/persons/${encodeURIComponent(id)}`;

export const api = {
  state: () => call("GET", "/sandbox/state"),
  addPerson: (fields) => call("POST", "/sandbox/persons", fields),
  chat: (id) => call("GET", `${person(id)}/chat`),
  send: (id, content) => call("POST", `${person(id)}/send`, content),
  edit: (id, messageId, text) => call("POST", `${person(id)}/edit`, { message_id: messageId, text }),
  press: (id, messageId, data) => call("POST", `${person(id)}/press`, { message_id: messageId, data }),
  open: (id, link) => call("POST", `${person(id)}/open`, { link }),
  block: (id) => call("POST", `${person(id)}/block`, {}),
  unblock: (id) => call("POST", `${person(id)}/unblock`, {}),
  callback: (queryId) => call("GET", `/sandbox/callbacks/${encodeURIComponent(queryId)}`),
  moveClock: (to) => call("POST", "/sandbox/clock", { to }),
  cards: () => call("GET", "/sandbox/printed-cards"),
};

export const fileUrl = (fileId) => `/sandbox/files/${encodeURIComponent(fileId)}`;
