import type { JobRef } from '../ids/job-ref.ts';
import { eachTask, rangesOf } from '../ids/task-ranges.ts';
import type { RecordedDependency } from '../ledger/ledger-record.ts';
import { decodeRef, encodeRef } from '../seam/encode-ref.ts';
import type { DependencyCondition } from '../seam/part.ts';

/** The jobs that another waits for, each once: those named by `after`, and those whose outputs it takes. */
export class DependencySet {
  readonly #named = new Map<string, RecordedDependency>();
  readonly #own = new Map<string, { readonly ref: JobRef; readonly child: number }>();
  readonly #children = new Map<string, { readonly ref: JobRef; readonly tasks: Set<number> }>();

  /** Whether inputs are outputs of other jobs: a job that takes them cannot be sent before they are there. */
  takesOutputs = false;

  add(refText: string, condition: DependencyCondition): void {
    const ref = decodeRef(refText);
    const { child, ...whole } = ref;
    if (child !== undefined) this.#addChild(whole, child, condition);
    else this.#named.set(`${ref.target.id} ${ref.key} ${condition}`, { ref: refText, condition });
  }

  /** One that was recorded before. */
  addRecord({ ref, condition, tasks }: RecordedDependency): void {
    if (tasks === undefined) this.add(ref, condition);
    else for (const child of eachTask(tasks)) this.#addChild(decodeRef(ref), child, condition);
  }

  /** `isOwn`: by the item of the same index, and no other. */
  addInput(ref: JobRef, isOwn = false): void {
    this.takesOutputs = true;
    const { child, ...whole } = ref;
    const name = `${ref.target.id} ${ref.key}`;
    if (child !== undefined && isOwn) this.#own.set(`${name} ${child}`, { ref: whole, child });
    else if (child !== undefined) this.#addChild(whole, child, 'afterok');
    else if (!this.#named.has(`${name} afterok`)) {
      this.#named.set(`${name} afterok`, { ref: encodeRef(ref), condition: 'afterok' });
    }
  }

  #addChild(ref: JobRef, child: number, condition: DependencyCondition): void {
    const name = `${ref.target.id} ${ref.key} ${condition}`;
    const known = this.#children.get(name) ?? { ref, tasks: new Set() };
    this.#children.set(name, known);
    known.tasks.add(child);
  }

  /** A task that waits for its own counterpart takes that one's outputs: nothing more to wait for. */
  toRecords(): readonly RecordedDependency[] {
    for (const { ref, child } of this.#own.values()) {
      if (!this.#named.has(`${ref.target.id} ${ref.key} aftercorr`)) this.#addChild(ref, child, 'afterok');
    }
    const named = [...this.#named.values()];
    const children = [...this.#children].flatMap(([name, { ref, tasks }]): RecordedDependency[] => {
      const condition = name.slice(name.lastIndexOf(' ') + 1) as DependencyCondition;
      return [{ ref: encodeRef(ref), condition, tasks: rangesOf(tasks) }];
    });
    return [...named, ...children];
  }
}
