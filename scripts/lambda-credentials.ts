// In Lambda the credentials are always in the environment. The build puts this module in the place of the SDK's
// default chain, whose other providers (SSO, profiles, STS, instance metadata) are a quarter of a bundle.
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
