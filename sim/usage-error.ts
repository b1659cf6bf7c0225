/** Something that the user asked for cannot be. The message is one sentence: what was expected, what came, what would be right. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
