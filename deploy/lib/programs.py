"""programs.py SOCKET COMMAND …: asks supervisord, several programs at once where supervisorctl takes one by one.

state                  one line per program: name state pid seconds-up
start NAME…            and waits until they run; a name that runs already is left alone
stop NAME…             and waits until they have ended
signal SIGNAL NAME
update                 after a change of supervisord.conf: stops and replaces what changed, prints their names
shutdown                 when everything is stopped
"""
import sys
import time
import xmlrpc.client

from supervisor.xmlrpc import SupervisorTransport

STOPPED = {"STOPPED", "EXITED", "FATAL"}


def state(server, _):
    for each in server.getAllProcessInfo():
        print(each["name"], each["statename"], each["pid"] or "-", each["now"] - each["start"] if each["pid"] else "-")


def ask(call, name):
    try:
        call(name, False)
    except xmlrpc.client.Fault as fault:
        # Gone or there already: the wait below tells.
        if not fault.faultString.startswith(("ALREADY_STARTED", "NOT_RUNNING", "SPAWN_ERROR")):
            raise


def wait(server, names, settled):
    pending = set(names)
    states = {}
    while pending:
        states = {each["name"]: each["statename"] for each in server.getAllProcessInfo()}
        pending = {name for name in pending if states.get(name, "STOPPED") not in settled}
        time.sleep(0.05 if pending else 0)
    return states


def start(server, names):
    for name in names:
        ask(server.startProcess, name)
    states = wait(server, names, {"RUNNING", "FATAL", "BACKOFF"})
    failed = [name for name in names if states[name] != "RUNNING"]
    print(*failed, sep="\n", end="\n" if failed else "")
    return 1 if failed else 0


def stop(server, names):
    for name in names:
        ask(server.stopProcess, name)
    wait(server, names, STOPPED)


def signal(server, arguments):
    server.signalProcess(arguments[1], arguments[0])


def update(server, _):
    added, changed, removed = server.reloadConfig()[0]
    stop(server, changed + removed)
    for name in changed + removed:
        server.removeProcessGroup(name)
    for name in changed + added:
        server.addProcessGroup(name)
    print(*changed, *added, sep="\n", end="\n" if changed or added else "")


def shutdown(server, _):
    # supervisord itself takes a second for each program that it knows, even for one that has ended.
    for each in server.getAllProcessInfo():
        server.removeProcessGroup(each["group"])
    server.shutdown()


COMMANDS = {each.__name__: each for each in (state, start, stop, signal, update, shutdown)}


def main(socket, command, *arguments):
    transport = SupervisorTransport(None, None, "unix://" + socket)
    server = xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport).supervisor
    try:
        return COMMANDS[command](server, list(arguments))
    except xmlrpc.client.Fault as fault:
        print(f"crane: supervisord refuses: {fault.faultString}", file=sys.stderr)
    except KeyboardInterrupt:
        pass
    except OSError as error:
        print(f"crane: supervisord does not answer on {socket}: {error.strerror or error}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
