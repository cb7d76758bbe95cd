/**
 * Why an operation ended, in kinds that an operator handles differently:
 * - `config`: what a person wrote cannot be used; nothing was changed
 * - `refused`: a rule says no; nothing was changed
 * - `busy`: someone else holds what is needed: a lock, a port, a pending update
 * - `missing`: a tool, a stack or an update that is not there
 * - `engine`: Pulumi failed for another reason
 */
export type Failure = "config" | "refused" | "busy" | "missing" | "engine";

/** An end that the person who reads it can do something about; its message says what. */
export class OperationError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure, message: string) {
    super(message);
    this.name = "OperationError";
    this.failure = failure;
  }
}
