/**
 * A plug-in of terraform-compliance 1.16.0, which its runner (radish) loads with its steps: the tool prints for people, and what it
 * prints holds names and values from the plan, so a verdict read from it could be forged. The plug-in writes what happened to the
 * file `PALISADE_RECORD`. It also changes how the tool judges:
 *
 * - Each `When` and `Then` looks at one resource after the other. The tool looks at all at once, names the wrong one of them at times, and
 *   with `any of its values` and `referenced` is content with one of many.
 * - A scenario goes on with the resources that did not fail: what the tool hides behind the first failed step would come up only
 *   when that is corrected or waived.
 * - The tool writes the address of a resource into the resources that it refers to, under the name of the argument, and fails or
 *   crashes over it: two security groups, one of which names the other in a rule, are enough. The plug-in takes it out.
 * - A property that must be there and is null fails: the tool takes null for a value. A step about null right after it decides.
 * - A value that the scenario asks for and that is known only after the apply fails. The tool leaves it out, and passes.
 */
export const RECORDER = String.raw`
import json
import os
import re

import radish.stepmodel
from radish import after
from radish.scenarioloop import ScenarioLoop
from radish.scenariooutline import ScenarioOutline
from radish.terrain import world
from terraform_compliance import __version__
from terraform_compliance.common.error_handling import Error, WrapperError
from terraform_compliance.extensions.terraform import TerraformParser

Step = radish.stepmodel.Step
State = Step.State
scenarios = []
errors = []

# They judge all resources together.
TOGETHER = re.compile(r"\b(subset|superset|cover|be in|flatten|result is|i count)\b")
# What the steps about ports read.
RULE = ["cidr_blocks", "from_port", "to_port", "protocol"]
INDEX = re.compile(r'\[("(\\.|[^"\\])*"|\d+)\]')


def collect(error, step, message, exception=None):
    errors.append(message)


Error.__init__ = collect

mount_resources = TerraformParser._mount_resources


def mount(parser, source, target, ref_type):
    """Lays resources into those that they refer to, and not the reference itself into the resource that is referred to."""
    for found in target.values():
        for address in found:
            values = parser.resources.get(address, {}).get("values")
            # Such a value is no list to add to: the tool would crash.
            if isinstance(values, dict) and not isinstance(values.get(ref_type, []), list):
                return
    absent = []
    for address in source:
        set_by_root = parser.configuration["resources"].get(INDEX.sub("", address), {}).get("expressions", {})
        values = parser.resources.get(address, {}).get("values")
        if isinstance(values, dict):
            absent += [(values, name) for name in target if name not in values and name not in set_by_root]
    mount_resources(parser, source, target, ref_type)
    for values, name in absent:
        values.pop(name, None)


TerraformParser._mount_resources = mount


def addresses(stash):
    entries = stash if isinstance(stash, list) else [stash]
    return {e["address"] for e in entries if isinstance(e, dict) and isinstance(e.get("address"), str)}


def groups_of(step):
    """The resources that a step looks at, by address; None where it looks at all together."""
    context = step.context
    stash = getattr(context, "stash", None)
    kept, groups = getattr(context, "palisade", (None, None))
    alone = step.context_class in ("when", "then") and not TOGETHER.search(step.context_sensitive_sentence.lower())
    if not alone or not isinstance(stash, list):
        return None
    if stash and stash is kept:
        return groups
    groups = {}
    for entry in stash:
        if not isinstance(entry, dict) or not isinstance(entry.get("address"), str):
            return None
        groups.setdefault(entry["address"], []).append(entry)
    return groups or None


def unknown_paths(address):
    """Paths in a resource to values that the root sets and Terraform knows only after the apply."""
    cache = world.config.terraform.__dict__.setdefault("palisade_unknown", {})
    if address not in cache:
        cache[address] = find_unknown(address)
    return cache[address]


def find_unknown(address):
    raw = world.config.terraform.raw
    change = next((c for c in raw.get("resource_changes", []) if c["address"] == address and "deposed" not in c), None)
    if change is None:
        return set()
    module = raw["configuration"]["root_module"]
    for name in re.findall(r"module\.([\w-]+)", INDEX.sub("", change.get("module_address", ""))):
        module = module.get("module_calls", {}).get(name, {}).get("module", {})
    resource = next((r for r in module.get("resources", []) if all(r[k] == change[k] for k in ("mode", "type", "name"))), {})
    found = set()

    def look(value, path, is_set):
        if value is True and is_set:
            found.add(path)
        elif isinstance(value, dict):
            for key, inner in value.items():
                look(inner, path + (key,), True)
        elif isinstance(value, list):
            for inner in value:
                look(inner, path, is_set)

    for key, value in (change["change"].get("after_unknown") or {}).items():
        # A value that the root does not set is the provider's: it counts as not set, as it does for the tool.
        look(value, (key,), key in resource.get("expressions", {}))
    return found


def unknown(step, kwargs, address):
    """Keys that a step asks for and whose values are unknown, and whether it asks only if they are there."""
    sentence = step.context_sensitive_sentence.lower()
    only_there = bool(re.match(r"then ((it|they) must (have|contain) |its value must not be null$)", sentence))
    of_value = re.match(r"\w+ (all of |any of )?its (singular )?values? ", sentence)
    asked = [kwargs.get(name) for name in ("key", "something", "address")]
    if "port" in kwargs and "proto" in kwargs:
        asked, only_there = RULE, False
    elif of_value:
        asked = [getattr(step.context, "property_name", "")]
    wanted = {key.split(".")[-1].lower() for key in asked if isinstance(key, str)}

    def is_asked(path):
        # A value has all that is in it; the groups of a rule are no networks.
        keys = path if of_value and path[-1] != "security_groups" else path[-1:]
        return any(key.lower() in wanted for key in keys)

    return sorted(".".join(path) for path in unknown_paths(address) if is_asked(path)), only_there


def later(keys):
    return "{} is known only after the apply.".format(", ".join(keys))


def has_null(step, groups):
    """Whether a property that must be there is null. The tool takes null for a value."""
    following = [other.context_sensitive_sentence.lower() for other in step.parent.all_steps if other.id == step.id + 1]
    return bool(groups) and not any(" null" in sentence for sentence in following) and all(
        isinstance(entry, dict) and "values" in entry and entry["values"] is None for entry in groups
    )


def run_alone(step, call, kwargs, groups):
    """Runs a When or a Then for each resource alone. Returns what fails, and whether the scenario can go on."""
    context = step.context
    is_when = step.context_class == "when"
    left = {}
    failed = []
    missed = []
    for address in sorted(groups):
        context.stash = groups[address]
        context.addresses = [address]
        context.address = address
        errors.clear()
        not_known, only_there = unknown(step, kwargs, address)
        call()
        dropped = is_when and (bool(errors) or step.state is State.SKIPPED)
        stash = context.stash if isinstance(context.stash, list) else [context.stash]
        if is_when:
            missed.extend(errors)
            errors[:] = [later(not_known)] if dropped and not_known else []
            if step.state is State.SKIPPED:
                step.state = State.UNTESTED
                for other in step.parent.all_steps:
                    other.runable = True
        else:
            if only_there and not errors and has_null(step, stash):
                errors.append("{} is null.".format(kwargs.get("something")))
            # A reference shows that a value is there, known or not.
            if not_known and bool(errors) == only_there:
                errors[:] = [later(not_known)]
        if errors:
            failed.extend({"address": address, "reason": reason} for reason in errors)
        elif not dropped:
            left[address] = stash
    context.stash = [entry for address in sorted(left) for entry in left[address]]
    context.addresses = sorted(left)
    context.palisade = (context.stash, left)
    if is_when and not left and not failed:
        # With @noskip, a filter that finds nothing is a failure.
        if missed:
            return [{"address": "", "reason": missed[0]}], False
        step.state = State.SKIPPED
    return failed, bool(left)


def run_together(step, call):
    """Runs any other step. Returns what fails, and whether the scenario can go on."""
    context = step.context
    before = addresses(getattr(context, "stash", []))
    errors.clear()
    call()
    address = next(iter(before)) if step.context_class == "then" and len(before) == 1 else ""
    return [{"address": address, "reason": reason} for reason in errors], not errors and step.state is not State.SKIPPED


def run(step):
    if not step.runable:
        step.state = State.UNTESTED
        return step.state
    step._validate()
    args, kwargs = step.argument_match.evaluate()
    call = (lambda: step.definition_func(step, **kwargs)) if kwargs else (lambda: step.definition_func(step, *args))
    seen = step.palisade = {"failures": [], "fault": None}
    try:
        groups = groups_of(step)
        failures, goes_on = run_alone(step, call, kwargs, groups) if groups else run_together(step, call)
    except Exception as exception:
        step.state = State.FAILED
        step.failure = WrapperError(exception)
        seen["fault"] = "{}: {}".format(type(exception).__name__, exception)
        return step.state
    seen["failures"] = failures
    if step.context_class == "given" and step.state is not State.SKIPPED and not failures:
        seen["found"] = len(step.context.stash)
    if not goes_on:
        for other in step.parent.all_steps:
            other.runable = False
    if step.state is not State.SKIPPED:
        step.state = State.PASSED
    # radish counts it, and goes on.
    return State.FAILED if failures else step.state


Step.run = run


@after.each_scenario
def record(scenario):
    if isinstance(scenario, (ScenarioOutline, ScenarioLoop)):
        return
    steps = []
    for step in scenario.all_steps:
        seen = getattr(step, "palisade", {"failures": [], "fault": None})
        if seen["failures"]:
            step.state = State.FAILED
            # The report in the Cucumber format reads it.
            step.failure = WrapperError("\n".join("{}: {}".format(f["address"], f["reason"]) if f["address"] else f["reason"] for f in seen["failures"]))
        steps.append({"line": step.line, "step": step.sentence, "state": step.state, **seen})
    scenarios.append({
        "file": os.path.basename(scenario.path),
        "name": scenario.sentence,
        "steps": steps,
    })


@after.all
def write(features, marker):
    with open(os.environ["PALISADE_RECORD"], "w", encoding="utf-8") as file:
        json.dump({"version": __version__, "scenarios": scenarios}, file)
`;
