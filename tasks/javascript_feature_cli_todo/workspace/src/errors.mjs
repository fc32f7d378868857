/** An error that is the user's or the file's, not ours: told in one line, with an exit status. */
export class TodoError extends Error {
  constructor(message, status, options) {
    super(message, options);
    this.name = new.target.name;
    this.status = status;
  }
}

/** There is no such item. */
export class NotFoundError extends TodoError {
  constructor(message) {
    super(message, 1);
  }
}

/** The command line makes no sense. */
export class UsageError extends TodoError {
  constructor(message) {
    super(message, 2);
  }
}

/** The file cannot be read, written or understood. */
export class StoreError extends TodoError {
  constructor(message, options) {
    super(message, 3, options);
  }
}
