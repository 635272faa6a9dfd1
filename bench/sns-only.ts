import { PublishCommand, SNSClient } from "@aws-sdk/client-sns";

// The smallest function that can tell an operator something: what any processor's start-up is held against.
const sns = new SNSClient({});

export const handler = (message: string) =>
  sns.send(new PublishCommand({ TopicArn: process.env.TOPIC_ARN, Message: message }));
