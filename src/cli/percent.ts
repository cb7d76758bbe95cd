import { InvalidArgumentError } from "commander";

/** Reads an exposure. @throws InvalidArgumentError when it is no number from 1 to 100 */
export function percent(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 100) throw new InvalidArgumentError("It is no exposure in per cent, such as 25.");
  return number;
}

/** Reads several, separated by commas. */
export function percents(text: string): number[] {
  return text.split(",").map((part) => percent(part.trim()));
}
