import { WebSocket as ResumingSocket } from 'partysocket';
import { API_URL, api } from '@/lib/api/client';
import { advance, concerns, greetings, type LiveMessage, type Positions } from './protocol';

export type LiveState = 'idle' | 'connecting' | 'open' | 'offline';
type Listener = () => void;

const WAITS = {
  minReconnectionDelay: 500,
  maxReconnectionDelay: 15_000,
  reconnectionDelayGrowFactor: 1.7,
  connectionTimeout: 5_000,
  maxEnqueuedMessages: 0,
};

let socket: ResumingSocket | null = null;
let state: LiveState = 'idle';
let positions: Positions = {};
const listeners = new Map<string, Set<Listener>>();
const stateListeners = new Set<Listener>();
const presenceListeners = new Set<(message: LiveMessage) => void>();

function setState(next: LiveState): void {
  state = next;
  for (const listener of stateListeners) listener();
}

/** A ticket is short-lived and used once, so each (re)connection fetches its own. */
async function address(): Promise<string> {
  const { ticket } = await api.post<{ ticket: string }>('/api/live/ticket');
  const base = API_URL || location.origin;
  return `${base.replace(/^http/, 'ws')}/ws?ticket=${encodeURIComponent(ticket)}`;
}

/** Says something now, or not at all: what is said while we are away is of no use later. */
export function say(message: object): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function hear(message: LiveMessage): void {
  if (message.type === 'presence') for (const listener of presenceListeners) listener(message);
  const before = positions;
  positions = advance(positions, message);
  for (const [topic, heard] of listeners) {
    if (concerns(topic, before, message)) for (const listener of heard) listener();
  }
}

/** What changed before we were connected was never told: the topics that nothing was heard of are asked for once more. */
function catchUp(): void {
  for (const [topic, heard] of listeners) {
    if (!(topic in positions)) for (const listener of heard) listener();
  }
}

function reconnectIfSeen(): void {
  if (document.visibilityState === 'visible' && state === 'offline') socket?.reconnect();
}

function open(): void {
  setState('connecting');
  socket = new ResumingSocket(address, [], WAITS);
  socket.addEventListener('open', () => {
    setState('open');
    for (const greeting of greetings([...listeners.keys()], positions)) say(greeting);
    catchUp();
  });
  socket.addEventListener('close', () => setState('offline'));
  socket.addEventListener('error', () => setState('offline'));
  socket.addEventListener('message', ({ data }) => hear(JSON.parse(String(data)) as LiveMessage));
  addEventListener('online', reconnectIfSeen);
  document.addEventListener('visibilitychange', reconnectIfSeen);
}

/** Calls back whenever the topic changed, over one socket for the whole app. Returns how to stop. */
export function follow(topic: string, listener: Listener): () => void {
  const heard = listeners.get(topic) ?? new Set();
  listeners.set(topic, heard.add(listener));
  if (!socket) open();
  else if (heard.size === 1) say({ subscribe: [topic] });
  return () => {
    heard.delete(listener);
    if (heard.size === 0) listeners.delete(topic);
  };
}

/** Hears who else is at the topics that are followed. Returns how to stop. */
export function onPresence(listener: (message: LiveMessage) => void): () => void {
  presenceListeners.add(listener);
  return () => presenceListeners.delete(listener);
}

/** Ends the connection, as signing out must. */
export function close(): void {
  removeEventListener('online', reconnectIfSeen);
  document.removeEventListener('visibilitychange', reconnectIfSeen);
  socket?.close();
  socket = null;
  positions = {};
  setState('idle');
}

export const liveState = (): LiveState => state;

export function onLiveState(listener: Listener): () => void {
  stateListeners.add(listener);
  return () => stateListeners.delete(listener);
}
