import { InvalidArgumentError } from "commander";

/** Reads how many of something are wanted. @throws InvalidArgumentError when it is no whole number from 1 on */
export function count(of: string): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError(`It is no number of ${of}, such as 20.`);
    return number;
  };
}
