// Tokens: `generation * 65536 + slot`, a safe integer below 2^41. Generations begin with 1, so a zeroed field is never a token.

/** Names one message in one slot. Travels through queues and messages as a number. */
export type MessageToken = number & { readonly __token: unique symbol }

/** What a field that was never filled holds: no operation takes it. */
export const INVALID_TOKEN = 0 as MessageToken

const SLOTS = 65_536

export function tokenOf(slotIdx: number, generation: number): MessageToken {
  return (generation * SLOTS + slotIdx) as MessageToken
}

/** The slot of a token that was checked. */
export function tokenSlotOf(token: number): number {
  return token % SLOTS
}

/** The generation of a token that was checked. */
export function tokenGenerationOf(token: number): number {
  return Math.floor(token / SLOTS)
}
