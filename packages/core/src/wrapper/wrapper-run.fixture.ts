import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { type EndRecord, parseEndRecord } from './end-record.ts';
import { hasProgram } from './install-busybox.fixture.ts';
import { type OutputRecord, parseOutputRecords } from './output-record.ts';
import { parseStartRecord, type StartRecord } from './start-record.ts';
import { toArgumentFile } from './to-argument-file.ts';
import type { WrapperTask } from './wrapper-task.ts';
import { WRAPPER_TEXT } from './wrapper-text.ts';

/** A shell the wrapper has to work in. `missing` says why it cannot be tried here. */
export interface WrapperShell {
  readonly name: string;
  readonly argv: readonly string[];
  readonly missing?: string;
}

/** Every shell the wrapper must work in. `install-busybox.fixture.ts` has seen to busybox, where that is allowed. */
export function findWrapperShells(): readonly WrapperShell[] {
  const busybox = hasProgram('busybox');
  return [
    hasProgram('dash') ? { name: 'dash', argv: ['dash'] } : { name: 'sh', argv: ['sh'] },
    { name: 'bash --posix', argv: ['bash', '--posix'] },
    { name: 'bash as /bin/sh', argv: ['bash-as-sh'] },
    { name: 'busybox sh', argv: ['busybox', 'sh'], ...(busybox ? {} : { missing: 'needs busybox' }) },
  ];
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

export interface Run {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** A folder of tasks on a real disk, and ways to run them by the real wrapper. Gone after the test. */
export class Sandbox {
  readonly directory = mkdtempSync(join(tmpdir(), 'scijob-wrapper-'));
  readonly wrapper = join(this.directory, 'wrapper');
  readonly #shell: WrapperShell;
  readonly #tasks: Task[] = [];
  readonly #onTestFinished: TestContext['onTestFinished'];

  constructor(shell: WrapperShell, onTestFinished: TestContext['onTestFinished']) {
    this.#shell = shell;
    this.#onTestFinished = onTestFinished;
    writeFileSync(this.wrapper, WRAPPER_TEXT);
    onTestFinished(() => {
      this.#killCommands();
      rmSync(this.directory, { recursive: true, force: true });
    });
  }

  /** `encoding: 'latin1'` makes every character of the task one byte. */
  task(name: string, task: Partial<WrapperTask>, encoding: 'utf8' | 'latin1' = 'utf8'): Task {
    const folder = join(this.directory, name);
    const work = join(folder, 'work');
    mkdirSync(work, { recursive: true });
    const argumentFile = join(this.directory, `${name}.args`);
    const text = toArgumentFile({
      folder,
      nativeId: `native-${name}`,
      attempt: '1.0',
      workDirectory: work,
      command: ['true'],
      environment: {},
      graceSeconds: 5,
      outputs: [],
      ...task,
    });
    writeFileSync(argumentFile, text, encoding);
    const made = new Task(task.folder ?? folder, task.workDirectory ?? work, argumentFile, task.attempt ?? '1.0');
    this.#tasks.push(made);
    return made;
  }

  start(args: readonly string[], environment?: NodeJS.ProcessEnv): Run {
    const [program = 'sh', ...rest] = this.#shell.argv;
    const child = spawn(this.#program(program), [...rest, this.wrapper, ...args], {
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(environment ? { env: environment } : {}),
    });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    // A wrapper that dies early does not read what it is given.
    child.stdin?.on('error', () => {});
    this.#onTestFinished(() => void child.kill('SIGKILL'));
    const finished = new Promise<Finished>((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, stderr }));
    });
    return { child, finished };
  }

  /** Runs one task to its end. */
  async run(task: Task, environment?: NodeJS.ProcessEnv): Promise<Finished> {
    const { child, finished } = this.start([task.argumentFile], environment);
    child.stdout?.resume();
    return finished;
  }

  /** Runs tasks by one wrapper, all given at once; resolves to the lines it printed. */
  async runMany(tasks: readonly Task[]): Promise<Finished & { readonly lines: readonly string[] }> {
    const { child, finished } = this.start(['--many']);
    let printed = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    child.stdin?.end(tasks.map((task) => `${task.argumentFile}\n`).join(''));
    const result = await finished;
    return { ...result, lines: printed.split('\n').slice(0, -1) };
  }

  /** A failed test leaves nothing running. */
  #killCommands(): void {
    for (const task of this.#tasks) {
      const start = task.text('end') === '' ? task.startRecord() : undefined;
      if (start?.commandLeads && isAlive(start.commandPid)) {
        killCommand(start.commandPid);
      }
    }
  }

  /** A folder for PATH with these programs and no others. */
  pathWith(programs: readonly string[]): string {
    const folder = join(this.directory, 'programs');
    mkdirSync(folder);
    for (const program of programs) {
      const place = ['/bin', '/usr/bin'].find((candidate) => existsSync(join(candidate, program)));
      if (place !== undefined) {
        symlinkSync(join(place, program), join(folder, program));
      }
    }
    return folder;
  }

  #program(name: string): string {
    if (name !== 'bash-as-sh') {
      return name;
    }
    const link = join(this.directory, 'sh');
    if (!existsSync(link)) {
      symlinkSync(execFileSync('bash', ['-c', 'echo $BASH'], { encoding: 'utf8' }).trim(), link);
    }
    return link;
  }
}

export class Task {
  readonly folder: string;
  readonly work: string;
  readonly argumentFile: string;
  readonly #attempt: string;

  constructor(folder: string, work: string, argumentFile: string, attempt: string) {
    this.folder = folder;
    this.work = work;
    this.argumentFile = argumentFile;
    this.#attempt = attempt;
  }

  files(): readonly string[] {
    return readdirSync(this.folder)
      .filter((name) => name !== 'work')
      .sort();
  }

  bytes(name: string): Buffer {
    return readFileSync(join(this.folder, name));
  }

  text(name: string): string {
    return existsSync(join(this.folder, name)) ? this.bytes(name).toString() : '';
  }

  stdout(): string {
    return this.text(`stdout.${this.#attempt}`);
  }

  stderr(): string {
    return this.text(`stderr.${this.#attempt}`);
  }

  end(): EndRecord | undefined {
    return parseEndRecord(this.text('end'));
  }

  startRecord(): StartRecord | undefined {
    return parseStartRecord(this.text('start'));
  }

  outputs(): readonly OutputRecord[] | undefined {
    return parseOutputRecords(this.text('outputs'));
  }
}

/** Looks until `look` finds something: what another process does has no clock of ours. */
export async function eventually<Value>(look: () => Value | undefined | false, seconds = 8): Promise<Value> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const value = look();
    if (value !== undefined && value !== false) {
      return value;
    }
    if (Date.now() > deadline) {
      throw new Error(`Nothing after ${seconds} s: ${look}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** Alive and not a zombie waiting for somebody to look. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return false;
  }
}

/** Seeded, so that a failure can be had again. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below) | 0;
  };
}

/**
 * Kills a task's command with its group, as the wrapper does: between fork and `setsid` the command is not yet the leader
 * of any group, and the start record may be older than that moment.
 */
export function killCommand(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    process.kill(pid, 'SIGKILL');
  }
}
