/** What the server says over the live socket. */
export interface LiveMessage {
  topic?: string;
  seq?: number;
  type: string;
  data?: unknown;
}

/** How far each topic was read, so that a new connection can ask for what it missed. */
export type Positions = Readonly<Record<string, number>>;

/** The positions after a message; a `refetch` starts its topic anew. */
export function advance(positions: Positions, { topic, seq, type }: LiveMessage): Positions {
  if (!topic) return type === 'refetch' ? {} : positions;
  if (type === 'refetch') return without(positions, topic);
  if (seq === undefined || seq <= (positions[topic] ?? 0)) return positions;
  return { ...positions, [topic]: seq };
}

function without(positions: Positions, topic: string): Positions {
  const { [topic]: _, ...rest } = positions;
  return rest;
}

/** Whether a message tells a listener of `topic` something it has not heard. */
export function concerns(topic: string, positions: Positions, message: LiveMessage): boolean {
  if (message.type === 'presence') return false;
  if (message.type === 'refetch') return !message.topic || message.topic === topic;
  if (message.topic !== topic) return false;
  return message.seq === undefined || message.seq > (positions[topic] ?? 0);
}

/** What to say on a new connection: follow these topics, and resume those already heard. */
export function greetings(topics: readonly string[], positions: Positions): object[] {
  if (topics.length === 0) return [];
  const heard = Object.fromEntries(
    topics.filter((topic) => topic in positions).map((topic) => [topic, positions[topic]]),
  );
  const resume = Object.keys(heard).length > 0 ? [{ resume: heard }] : [];
  return [{ subscribe: topics }, ...resume];
}
