/** Rejection of a wait that took too long. */
export class TimeoutError extends Error {
  /**
   * @param {string} message
   * @param {{ timeout?: number, attempts?: number, cause?: unknown }} [details] `cause` is set only when it is given
   */
  constructor(message, { timeout, attempts, ...options } = {}) {
    super(message, options);
    this.name = 'TimeoutError';
    this.timeout = timeout;
    this.attempts = attempts;
  }
}
