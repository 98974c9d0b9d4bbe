export type { Need } from './conformance/behaviour.ts';
export type { Capability } from './conformance/capability.ts';
export { type ConformanceOptions, conformance } from './conformance/conformance.ts';
export type { ConformanceCount } from './conformance/conformance-count.ts';
export { type BehaviourInfo, describeBehaviours } from './conformance/describe-behaviours.ts';
export type { Does, Task, TaskScript } from './conformance/does.ts';
export type { ConformanceRunner } from './conformance/runner.ts';
export type {
  AnyAdapter,
  ConformanceHooks,
  ConformanceSubject,
  ConformanceWorld,
  HookName,
} from './conformance/subject.ts';
