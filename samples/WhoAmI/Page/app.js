"use strict";

// Data from visitors never becomes markup: the page only sets textContent.

const shown = 10;
const visitors = document.getElementById("visitors");
let me = null;

function put(id, text) {
  document.getElementById(id).textContent = text;
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
}

// Long addresses may break after a colon, but not in other places.
function breakable(address) {
  const parts = address.split(/(?<=:)(?!:)/);
  return parts.flatMap((part) => [document.createElement("wbr"), document.createTextNode(part)]).slice(1);
}

function putAddress(id, address) {
  document.getElementById(id).replaceChildren(...breakable(address));
}

function showMe(visit) {
  me = visit.client;
  putAddress("address", visit.address);
  put("family", visit.family);
  put("port", visit.port);
  put("how", visit.how);
  putAddress("client", visit.client);
  put("explanation", visit.explanation);

  document.getElementById("balancer-stop").hidden = visit.balancer === null;
  if (visit.balancer !== null) {
    putAddress("balancer", visit.balancer);
    put("trust", visit.trustInWords);
    document.getElementById("trust").dataset.trust = visit.trust;
  }
  document.getElementById("me").setAttribute("aria-busy", "false");
  for (const row of visitors.children) {
    mark(row);
  }
}

function mark(row) {
  const isMe = row.dataset.client === me;
  row.classList.toggle("me", isMe);
  row.querySelector(".how").textContent = isMe ? `${row.dataset.how} · you` : row.dataset.how;
}

function ago(time) {
  const seconds = Math.max(0, Math.round((Date.now() - time) / 1000));
  if (seconds < 10) {
    return "just now";
  }
  if (seconds < 60) {
    return `${seconds} s ago`;
  }
  if (seconds < 3600) {
    return `${Math.floor(seconds / 60)} min ago`;
  }
  return `${Math.floor(seconds / 3600)} h ago`;
}

function rowOf(visit) {
  const row = document.createElement("li");
  row.dataset.client = visit.client;
  row.dataset.how = visit.how;
  const time = element("time", "", ago(Date.parse(visit.at)));
  time.dateTime = visit.at;
  const client = element("span", "end", "");
  client.append(...breakable(visit.client));
  row.append(client, time, element("span", "how", visit.how));
  mark(row);
  return row;
}

// A visitor that comes again over the same connection moves to the top, as in the server's list.
function add(visit) {
  for (const row of visitors.children) {
    if (row.dataset.client === visit.client) {
      row.remove();
      break;
    }
  }
  const row = rowOf(visit);
  row.classList.add("new");
  visitors.prepend(row);
  while (visitors.children.length > shown) {
    visitors.lastElementChild.remove();
  }
}

function showLive(state, words) {
  const live = document.getElementById("live");
  live.dataset.state = state;
  live.textContent = words;
}

function listen() {
  const events = new EventSource("api/visitors");
  let opened = false;
  events.addEventListener("open", () => {
    // The network may have changed since then, and the address with it.
    if (opened) {
      ask();
    }
    opened = true;
  });
  events.addEventListener("recent", (event) => {
    visitors.replaceChildren(...JSON.parse(event.data).slice(0, shown).map(rowOf));
    showLive("live", "live");
  });
  events.addEventListener("visit", (event) => JSON.parse(event.data).forEach(add));
  events.addEventListener("error", () =>
    events.readyState === EventSource.CLOSED ? showLive("gone", "not connected") : showLive("waiting", "connecting again"));
}

async function ask() {
  try {
    const answer = await fetch("api/me");
    if (!answer.ok) {
      throw new Error(`the server says ${answer.status}`);
    }
    showMe(await answer.json());
  } catch (error) {
    put("address", "unknown");
    put("explanation", `The server does not answer: ${error.message}.`);
  }
}

put("server", location.host);
ask();
listen();
setInterval(() => {
  for (const time of visitors.querySelectorAll("time")) {
    time.textContent = ago(Date.parse(time.dateTime));
  }
}, 5000);
