// Bad input, as one sentence: what was expected, what came, what would be right.

/** Ends the command with exit code 2; the message is printed as it is. */
export class UsageProblem extends Error {
  override readonly name = 'UsageError'
}

/** `; did you mean list?`, or nothing where nothing is close. */
export function didYouMean(got: string, candidates: Iterable<string>, show: (candidate: string) => string = (candidate) => candidate): string {
  const close = closest(got, candidates)
  return close === undefined ? '' : `; did you mean ${show(close)}?`
}

/** The candidate that `got` most likely meant, if any is close. */
export function closest(got: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined
  let least = Math.max(1, Math.floor(got.length * CLOSE_SHARE)) + 1
  const lower = got.toLowerCase()
  for (const candidate of candidates) {
    const other = candidate.toLowerCase()
    const distance = lower.length >= PREFIX_MIN && other.startsWith(lower) ? 1 : editDistance(lower, other)
    if (distance < least && candidate !== got) {
      best = candidate
      least = distance
    }
  }
  return best
}

/** Insertions, deletions, substitutions and transpositions of neighbours (Damerau; restricted: no substring is edited twice). */
export function editDistance(a: string, b: string): number {
  let twoBack: number[] = []
  let before = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let distance = Math.min((before[j] as number) + 1, (row[j - 1] as number) + 1, (before[j - 1] as number) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) distance = Math.min(distance, (twoBack[j - 2] as number) + 1)
      row.push(distance)
    }
    twoBack = before
    before = row
  }
  return before[b.length] as number
}

/** The share of a word that may be mistyped. */
const CLOSE_SHARE = 0.35
/** A beginning of a word is close to it from this length on. */
const PREFIX_MIN = 3
