// The package's `heddle/invariants`: statements that must hold, for scenarios to list.

export * from './fabric-sync/public.js'
export * from './memory-manager/public.js'
export { type MutualExclusionOptions, mutualExclusion } from './mutual-exclusion.js'
export * from './qsbr/public.js'
export { refusalChangesNothing } from './refusal-changes-nothing.js'
export * from './varslot-pool/public.js'
export * from './write-coordinator/public.js'
