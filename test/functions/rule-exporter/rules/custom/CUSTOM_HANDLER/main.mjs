export const evaluate = async () => ({ compliance: "COMPLIANT" });
