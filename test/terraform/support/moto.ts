import { inject } from "vitest";
import * as moto from "../../../local/moto/moto.ts";

/** Starts an AWS of moto that holds nothing: each test file has its own, so that none sees what another made. */
export const startMoto = () => moto.startMoto(inject("commands"));
