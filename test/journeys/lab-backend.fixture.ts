import { EventEmitter, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NativeObject } from './lab-object.fixture.ts';
import type { LabEvent, LabPart, LabRow } from './lab-wire.fixture.ts';
import { seeded } from './seeded.fixture.ts';

/** Where a request of a client is: what tests stop and kill at. */
export type Moment = 'request' | 'commit' | 'reply';

const FENCED = 'nobody';

/**
 * A backend that clients in other processes reach over HTTP, with the guard of a real one: whoever starts claims the token of
 * its part, a second native object under it refuses itself, and a token is fenced by claiming it for nobody. Takes a moment
 * before it commits and before it answers. Keeps the record that tests judge by.
 */
export class LabBackend {
  readonly record: LabEvent[] = [];
  /** Emits `moment`, and `recorded` after each line. */
  readonly events = new EventEmitter().setMaxListeners(0);
  /** How often each path was asked. */
  readonly calls = new Map<string, number>();
  /** Answers a sweep as if it had never heard of any job. */
  isForgetful = false;
  readonly #objects = new Map<string, NativeObject>();
  readonly #byToken = new Map<string, NativeObject[]>();
  readonly #claims = new Map<string, string>();
  readonly #runs = new Map<string, number>();
  readonly #open = new Set<string>();
  readonly #barriers = new Map<string, { waiting: number; readonly open: PromiseWithResolvers<void> }>();
  readonly #random: () => number;
  /** The next submit waits here before it is committed, as with a scheduler that hangs. */
  #toFreeze: PromiseWithResolvers<void> | undefined;
  #frozen: PromiseWithResolvers<void> | undefined;
  readonly #server: Server;

  constructor(seed = 1) {
    this.#random = seeded(seed);
    this.#server = createServer((request, response) => {
      let text = '';
      request.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      request.on('end', () => {
        const path = (request.url ?? '').slice(1);
        this.#answer(path, JSON.parse(text)).then(
          (answer) => response.end(JSON.stringify(answer ?? null)),
          (error: unknown) => response.writeHead(500).end(String(error)),
        );
      });
    });
  }

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#frozen?.resolve();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** Lets what runs behind a gate end. */
  open(gate: string): void {
    this.#open.add(gate);
    for (const object of this.#objects.values()) {
      if (object.part.plan.gate !== gate) continue;
      for (const [index, state] of object.states) if (state === 'running') this.#finish(object, index);
    }
  }

  freezeNextSubmit(): void {
    this.#toFreeze = Promise.withResolvers();
    this.#frozen = this.#toFreeze;
  }

  thaw(): void {
    this.#frozen?.resolve();
  }

  /** Native objects of a key that ran, or may. */
  created(key: string) {
    return this.record.filter((event) => event.type === 'created').filter((event) => event.key === key);
  }

  runs(key: string) {
    return this.record.filter((event) => event.type === 'run').filter((event) => event.key === key);
  }

  /** Resolves once the record is so. */
  until(isSo: () => boolean): Promise<void> {
    return isSo() ? Promise.resolve() : this.#heard('recorded', isSo);
  }

  moment(moment: Moment, path: string): Promise<void> {
    return this.#heard('moment', (now, where) => now === moment && where === path);
  }

  /** Asked within the event itself: the next one may follow at once. */
  #heard(event: 'moment' | 'recorded', isIt: (...told: unknown[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const hear = (...told: unknown[]) => {
        if (!isIt(...told)) return;
        this.events.off(event, hear);
        resolve();
      };
      this.events.on(event, hear);
    });
  }

  async #answer(path: string, body: unknown): Promise<unknown> {
    this.calls.set(path, (this.calls.get(path) ?? 0) + 1);
    if (path === 'barrier') return this.#barrier(body as { name: string; count: number });
    this.events.emit('moment', 'request', path);
    const isSubmit = path === 'submit';
    if (isSubmit) {
      const frozen = this.#toFreeze;
      this.#toFreeze = undefined;
      await frozen?.promise;
      await pause(this.#random() * 6);
    }
    const answer = this.#serve(path, body);
    if (isSubmit) {
      this.events.emit('moment', 'commit', path);
      await pause(this.#random() * 6);
    }
    this.events.emit('moment', 'reply', path);
    return answer;
  }

  #serve(path: string, body: unknown): unknown {
    switch (path) {
      case 'submit':
        return (body as readonly LabPart[]).map((part) => this.#create(part));
      case 'find':
        return (body as readonly string[]).map((token) => this.#find(token));
      case 'observe':
        if (this.isForgetful) return [];
        return (body as readonly string[]).flatMap((id) => this.#objects.get(id)?.shown() ?? []);
      case 'children':
        return this.#children(body as { nativeId: string });
      case 'cancel':
        return (body as readonly string[]).map((id) => this.#cancel(id));
      default:
        throw new Error(`No such path: ${path}.`);
    }
  }

  /** Lets all through at the moment the last one comes. */
  async #barrier({ name, count }: { readonly name: string; readonly count: number }): Promise<void> {
    const barrier = this.#barriers.get(name) ?? { waiting: 0, open: Promise.withResolvers<void>() };
    this.#barriers.set(name, barrier);
    barrier.waiting += 1;
    if (barrier.waiting === count) barrier.open.resolve();
    await barrier.open.promise;
  }

  #create(part: LabPart): string {
    const nativeId = String(1_000 + this.#objects.size);
    const object = new NativeObject(nativeId, part);
    this.#objects.set(nativeId, object);
    this.#byToken.set(part.token, [...(this.#byToken.get(part.token) ?? []), object]);
    const { plan: _plan, ...told } = part;
    this.#write({ type: 'created', nativeId, ...told });
    void pause(this.#random() * 4).then(() => this.#begin(object));
    return nativeId;
  }

  #begin(object: NativeObject): void {
    const { nativeId, part } = object;
    if (object.isOver) return;
    if (this.#claims.has(part.token)) {
      for (const index of part.tasks) if (object.isLive(index)) object.end(index, 'refused');
      this.#write({ type: 'refused', nativeId, key: part.key, token: part.token });
      return;
    }
    this.#claims.set(part.token, nativeId);
    for (const index of part.tasks) if (object.isLive(index)) this.#run(object, index);
  }

  #run(object: NativeObject, index: number): void {
    const { nativeId, part } = object;
    object.states.set(index, 'running');
    this.#write({ type: 'run', nativeId, key: part.key, submission: part.submission, index });
    const name = `${part.key} ${index}`;
    this.#runs.set(name, (this.#runs.get(name) ?? 0) + 1);
    const { gate } = part.plan;
    if (gate !== undefined && !this.#open.has(gate)) return;
    void pause(this.#random() * 4).then(() => this.#finish(object, index));
  }

  #finish(object: NativeObject, index: number): void {
    if (!object.isLive(index)) return;
    const { key, submission, plan } = object.part;
    const runs = this.#runs.get(`${key} ${index}`) ?? 0;
    const mayFail = plan.failing === undefined || plan.failing.includes(index);
    const how = mayFail && runs <= (plan.failFirst ?? 0) ? 'failed' : 'succeeded';
    object.end(index, how);
    this.#write({ type: 'ended', nativeId: object.nativeId, key, submission, index, how });
  }

  #find(token: string): string | null {
    const holder = this.#claims.get(token);
    if (holder !== undefined && holder !== FENCED) return holder;
    const known = this.#byToken.get(token)?.[0];
    if (known && holder === undefined) return known.nativeId;
    if (holder === undefined) this.#write({ type: 'fenced', token });
    this.#claims.set(token, FENCED);
    return null;
  }

  #children({ nativeId }: { readonly nativeId: string }): {
    rows: readonly LabRow[];
    live: readonly LabRow[];
    isOver: boolean;
  } {
    const object = this.#objects.get(nativeId);
    if (!object) return { rows: [], live: [], isOver: false };
    const live = [...object.states].map(([index, state]) => ({ index, state }));
    return { rows: object.ended, live: live.filter(({ index }) => object.isLive(index)), isOver: object.isOver };
  }

  #cancel(nativeId: string): boolean {
    const object = this.#objects.get(nativeId);
    if (!object || object.isOver) return false;
    const { key, submission } = object.part;
    this.#write({ type: 'cancel', nativeId, key });
    for (const [index, state] of [...object.states]) {
      if (!object.isLive(index)) continue;
      object.end(index, 'cancelled');
      if (state === 'running') this.#write({ type: 'ended', nativeId, key, submission, index, how: 'cancelled' });
    }
    return true;
  }

  #write(event: LabEvent): void {
    this.record.push(event);
    this.events.emit('recorded', event);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
