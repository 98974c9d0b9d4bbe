// Stand-ins for the adapter packages, so that the programs compile.
import type { JobAdapter } from '@scijob/core/adapter';
export interface SlurmNative { readonly constraint?: string; readonly qos?: string }
export interface BatchNative { readonly jobDefinition?: string }
export interface OmicsNative { readonly runGroupId?: string }
export interface LocalNative { readonly nice?: number }
export type SlurmAdapter = JobAdapter<'command', SlurmNative>;
export type BatchAdapter = JobAdapter<'command', BatchNative>;
export type OmicsAdapter = JobAdapter<'workflow', OmicsNative>;
export type LocalAdapter = JobAdapter<'command', LocalNative>;
export declare function createSlurm(options: { readonly host: string }): SlurmAdapter;
export declare function createBatch(options: { readonly queue: string }): BatchAdapter;
export declare function createHealthOmics(options: { readonly roleArn: string }): OmicsAdapter;
export declare function createLocal(): LocalAdapter;
export { createFakeAdapter } from '@scijob/testing';
