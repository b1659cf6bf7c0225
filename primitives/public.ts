// What `heddle/primitives` exports: all families.

export * from './fabric-sync/public.js'
export * from './memory-manager/public.js'
export * from './qsbr/public.js'
export * from './varslot-pool/public.js'
export * from './write-coordinator/public.js'
