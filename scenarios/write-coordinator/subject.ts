// The coordinators that a scenario is made for, and their storages: the good ones, and the known-bad variants that it must find.

import { type CoordinatorOptions, type OperatingMode, type Storage, WriteCoordinator } from '../../primitives/write-coordinator/public.js'
import type { Judged } from '../judged.js'

/** The class of a coordinator, or of a variant of it. */
export interface CoordinatorClass {
  new (mode: OperatingMode, initialSeq: number, groupCommitMax: number, storage: Storage, options?: CoordinatorOptions): WriteCoordinator
  recover(mode: OperatingMode, groupCommitMax: number, storage: Storage, options?: CoordinatorOptions): WriteCoordinator
}

export interface Subject extends Judged {
  readonly coordinator: CoordinatorClass
  /** Default: `NodeFileStorage`. */
  readonly storage?: StorageClass
}

/** The class of a storage of files in one directory. */
export interface StorageClass {
  new (directory: string): Storage
}

export const good: Subject = { coordinator: WriteCoordinator }
