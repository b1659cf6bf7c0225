// The head of a lock-free stack in one 64-bit word: what is on top in bits 0..31, a tag in bits 32..63.
//
// The tag goes up by one, modulo 2^32, with every change of the head, and is kept while the stack is empty. So a compare-and-swap against a
// head that was loaded before others popped the top and pushed it again fails, although the same slot is on top (ABA). The tag takes the
// whole upper half because a narrow one comes round: 16 bits do, after some milliseconds of traffic.
//
// Source: the tag as in the IBM System/370 Principles of Operation, for the stack of R. K. Treiber, "Systems Programming: Coping with
// Parallelism", IBM RJ 5118, 1986. What the lower half says belongs to the stack: an index, or an index beside other fields.

import { HIGH, LOW, WordPair } from './word-pair.js'

/** Takes heads apart and makes new ones; touches no shared memory. The low half is what is on top, the high half the tag. */
export class TaggedHead extends WordPair {
  /** The head that replaces `head` when `top` is on top. */
  successor(head: bigint, top: number): bigint {
    this.whole[0] = head
    this.halves[LOW] = top
    this.halves[HIGH] = (this.halves[HIGH] as number) + 1
    return this.whole[0] as bigint
  }
}
