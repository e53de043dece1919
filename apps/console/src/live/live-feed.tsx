import { useQueryClient } from '@tanstack/react-query';
import { createContext, use, useEffect, useState, type ReactNode } from 'react';

import { sessionQuery } from '../api/queries.js';
import { backoffMs } from './backoff.js';
import { createPump } from './pump.js';
import { parseLiveMessage, staleKeys, type QueryKeyPrefix } from './topics.js';

export type LiveState = 'connecting' | 'live' | 'offline';

const LiveContext = createContext<LiveState>('connecting');
export const useLiveState = (): LiveState => use(LiveContext);

/** Between two reads of the same thing: a change is on screen within a second, a flood of them costs four reads a second. */
const GAP_MS = 250;

const feedUrl = (): string => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live`;

interface Listener {
  readonly message: (frame: unknown) => void;
  readonly state: (state: LiveState) => void;
  /** The feed is up again after a silence in which anything may have happened. */
  readonly resumed: () => void;
  /** The server may have closed the door because nobody is signed in any more. */
  readonly turnedAway: () => void;
}

/** The back office's close code for a session that has ended. */
const SIGNED_OUT = 4401;
/** While nothing is heard, what is on screen is read again this often. */
const POLL_MS = 10_000;

/** Keeps one socket to the live feed, for as long as it is wanted. Returns the way to end it. */
function keepConnected(listener: Listener): () => void {
  let failures = 0;
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let ended = false;
  let wasLive = false;

  const connect = (): void => {
    clearTimeout(timer);
    socket = new WebSocket(feedUrl());
    socket.addEventListener('open', () => {
      failures = 0;
      listener.state('live');
      if (wasLive) listener.resumed();
      wasLive = true;
    });
    socket.addEventListener('message', (event: MessageEvent<unknown>) => listener.message(event.data));
    socket.addEventListener('close', (event) => {
      if (ended) return;
      if (event.code === SIGNED_OUT || failures > 0) listener.turnedAway();
      listener.state(failures === 0 ? 'connecting' : 'offline');
      timer = setTimeout(connect, backoffMs(failures, Math.random()));
      failures += 1;
    });
  };
  const retryNow = (): void => {
    if (socket?.readyState === WebSocket.CLOSED) connect();
  };

  connect();
  addEventListener('online', retryNow);
  return () => {
    ended = true;
    clearTimeout(timer);
    removeEventListener('online', retryNow);
    socket?.close();
  };
}

/** One WebSocket for the whole page: what changed on the server is read again at once, wherever it is shown. */
export function LiveFeed({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');

  useEffect(() => {
    const pump = createPump<QueryKeyPrefix>(
      (queryKey) => client.invalidateQueries({ queryKey }),
      () => new Promise((resolve) => setTimeout(resolve, GAP_MS)),
      (key) => key.join('/'),
    );
    return keepConnected({
      message: (frame) => {
        const message = parseLiveMessage(frame);
        if (message !== null) for (const key of staleKeys(message)) pump.mark(key);
      },
      state: setState,
      resumed: () => void client.invalidateQueries(),
      turnedAway: () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
    });
  }, [client]);

  useEffect(() => {
    if (state !== 'offline') return;
    const timer = setInterval(() => void client.invalidateQueries(), POLL_MS);
    return () => clearInterval(timer);
  }, [client, state]);

  return <LiveContext value={state}>{children}</LiveContext>;
}
