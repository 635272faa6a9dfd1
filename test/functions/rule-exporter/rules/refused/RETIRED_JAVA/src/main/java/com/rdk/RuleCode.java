package com.rdk;

public class RuleCode {}
