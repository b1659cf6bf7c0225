// The intent word of a peer (peer-table.ts) in objects with slots: which slot the peer's running operation is about to take or give. It is
// stored before the operation's first change and cleared after its last, so that whoever recovers the peer finds the slot that stood
// between two of its steps.
//
//   bits 30..31  kind: 0 none, 1 alloc, 2 free, 3 recover
//   bits 24..29  class of the slot; 0 in an object with one class
//   bits 0..23   index of the slot

/** No operation is running. */
export const INTENT_NONE = 0
export const INTENT_ALLOC = 1
export const INTENT_FREE = 2
export const INTENT_RECOVER = 3
const KIND_SHIFT = 30
const CLASS_SHIFT = 24
const CLASS_MASK = 0x3f
const SLOT_MASK = 0xff_ffff

export type IntentKind = 'alloc' | 'free' | 'recover'
const KINDS: readonly (IntentKind | undefined)[] = [undefined, 'alloc', 'free', 'recover']

/** @param kind INTENT_ALLOC, INTENT_FREE or INTENT_RECOVER */
export function intentWord(kind: number, classIdx: number, slotIdx: number): number {
  return (kind << KIND_SHIFT) | (classIdx << CLASS_SHIFT) | slotIdx
}

/** undefined for an intent word that names nothing. */
export function intentKindOf(intent: number): IntentKind | undefined {
  return KINDS[intent >>> KIND_SHIFT]
}

export function intentClassOf(intent: number): number {
  return (intent >>> CLASS_SHIFT) & CLASS_MASK
}

export function intentSlotOf(intent: number): number {
  return intent & SLOT_MASK
}

export function intentNames(intent: number, classIdx: number, slotIdx: number): boolean {
  return intent >>> KIND_SHIFT !== INTENT_NONE && intentClassOf(intent) === classIdx && intentSlotOf(intent) === slotIdx
}
