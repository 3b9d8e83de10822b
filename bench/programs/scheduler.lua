-- A cooperative operating system in objects: tasks with priorities and mailboxes, ready queues, timers and message
-- passing between producers, workers and a collector.

local MESSAGE_LIMIT = 16

local Mailbox = {}
Mailbox.__index = Mailbox

function Mailbox.new()
  return setmetatable({ items = {}, head = 1, tail = 0 }, Mailbox)
end

function Mailbox:is_empty()
  return self.head > self.tail
end

function Mailbox:length()
  return self.tail - self.head + 1
end

function Mailbox:put(item)
  self.tail = self.tail + 1
  self.items[self.tail] = item
end

function Mailbox:take()
  local item = self.items[self.head]
  self.items[self.head] = nil
  self.head = self.head + 1
  return item
end

local Message = {}
Message.__index = Message

function Message.new(sender, kind, value)
  return setmetatable({ sender = sender, kind = kind, value = value }, Message)
end

local Task = {}
Task.__index = Task

function Task.extend()
  local class = setmetatable({}, { __index = Task })
  class.__index = class
  return class
end

function Task.init(class, name, priority)
  return setmetatable({
    name = name,
    priority = priority,
    state = "ready",
    mailbox = Mailbox.new(),
    wake_time = 0,
    runs = 0,
    next = nil,
  }, class)
end

-- Returns what the scheduler shall do next with the task: "ready", "waiting", "sleeping" or "done".
function Task:step(_)
  return "done"
end

-- An intrusive first-in first-out list of tasks.
local ReadyQueue = {}
ReadyQueue.__index = ReadyQueue

function ReadyQueue.new()
  return setmetatable({ first = nil, last = nil }, ReadyQueue)
end

function ReadyQueue:push(task)
  task.next = nil
  if self.last then
    self.last.next = task
  else
    self.first = task
  end
  self.last = task
end

function ReadyQueue:pop()
  local task = self.first
  if task then
    self.first = task.next
    if not self.first then
      self.last = nil
    end
    task.next = nil
  end
  return task
end

local Scheduler = {}
Scheduler.__index = Scheduler

function Scheduler.new(levels)
  local queues = {}
  for level = 1, levels do
    queues[level] = ReadyQueue.new()
  end
  return setmetatable({ queues = queues, sleepers = nil, time = 0, alive = 0, switches = 0 }, Scheduler)
end

function Scheduler:spawn(task)
  self.alive = self.alive + 1
  self:make_ready(task)
  return task
end

function Scheduler:make_ready(task)
  task.state = "ready"
  self.queues[task.priority]:push(task)
end

-- Sleepers are linked in the order of their wake times.
function Scheduler:put_to_sleep(task)
  task.state = "sleeping"
  local previous, current = nil, self.sleepers
  while current and current.wake_time <= task.wake_time do
    previous, current = current, current.next
  end
  task.next = current
  if previous then
    previous.next = task
  else
    self.sleepers = task
  end
end

function Scheduler:wake_sleepers()
  while self.sleepers and self.sleepers.wake_time <= self.time do
    local task = self.sleepers
    self.sleepers = task.next
    self:make_ready(task)
  end
end

function Scheduler:send(receiver, message)
  receiver.mailbox:put(message)
  if receiver.state == "waiting" then
    self:make_ready(receiver)
  end
end

function Scheduler:next_task()
  for _, queue in ipairs(self.queues) do
    local task = queue:pop()
    if task then
      return task
    end
  end
  return nil
end

function Scheduler:settle(task, verdict)
  if verdict == "ready" then
    self:make_ready(task)
  elseif verdict == "sleeping" then
    self:put_to_sleep(task)
  elseif verdict == "waiting" then
    if task.mailbox:is_empty() then
      task.state = "waiting"
    else
      self:make_ready(task)
    end
  else
    task.state = "done"
    self.alive = self.alive - 1
  end
end

function Scheduler:run()
  while self.alive > 0 do
    self.time = self.time + 1
    self:wake_sleepers()
    local task = self:next_task()
    if task then
      self.switches = self.switches + 1
      task.runs = task.runs + 1
      self:settle(task, task:step(self))
    elseif self.sleepers then
      self.time = self.sleepers.wake_time - 1
    else
      error("all tasks wait for one another")
    end
  end
end

local Producer = Task.extend()

function Producer.new(name, priority, targets, count)
  local task = Task.init(Producer, name, priority)
  task.targets, task.remaining, task.turn = targets, count, 0
  return task
end

function Producer:step(scheduler)
  if self.remaining == 0 then
    for _, target in ipairs(self.targets) do
      scheduler:send(target, Message.new(self, "stop", 0))
    end
    return "done"
  end
  self.turn = self.turn % #self.targets + 1
  local target = self.targets[self.turn]
  if target.mailbox:length() >= MESSAGE_LIMIT then
    self.wake_time = scheduler.time + 3
    return "sleeping"
  end
  scheduler:send(target, Message.new(self, "work", self.remaining))
  self.remaining = self.remaining - 1
  return "ready"
end

local Worker = Task.extend()

function Worker.new(name, priority, collector, producers)
  local task = Task.init(Worker, name, priority)
  task.collector, task.open = collector, producers
  return task
end

function Worker:step(scheduler)
  if self.mailbox:is_empty() then
    return "waiting"
  end
  local message = self.mailbox:take()
  if message.kind == "stop" then
    self.open = self.open - 1
    if self.open == 0 then
      scheduler:send(self.collector, Message.new(self, "stop", 0))
      return "done"
    end
    return "waiting"
  end
  scheduler:send(self.collector, Message.new(self, "result", message.value * message.value % 97))
  if message.value % 5 == 0 then
    self.wake_time = scheduler.time + message.value % 7
    return "sleeping"
  end
  return "waiting"
end

local Collector = Task.extend()

function Collector.new(name, priority, workers)
  local task = Task.init(Collector, name, priority)
  task.open, task.sum, task.received = workers, 0, 0
  return task
end

function Collector:step(_)
  while not self.mailbox:is_empty() do
    local message = self.mailbox:take()
    if message.kind == "stop" then
      self.open = self.open - 1
    else
      self.sum = (self.sum + message.value * message.sender.priority) % 1000003
      self.received = self.received + 1
    end
  end
  return self.open == 0 and "done" or "waiting"
end

local Ticker = Task.extend()

function Ticker.new(name, priority, period, count)
  local task = Task.init(Ticker, name, priority)
  task.period, task.remaining = period, count
  return task
end

function Ticker:step(scheduler)
  self.remaining = self.remaining - 1
  if self.remaining <= 0 then
    return "done"
  end
  self.wake_time = scheduler.time + self.period
  return "sleeping"
end

local function run(n)
  local scheduler = Scheduler.new(4)
  local producer_count, worker_count = 3, 5
  local collector = scheduler:spawn(Collector.new("collector", 1, worker_count))
  local workers = {}
  for i = 1, worker_count do
    workers[i] = scheduler:spawn(Worker.new("worker" .. i, 2 + i % 2, collector, producer_count))
  end
  for i = 1, producer_count do
    scheduler:spawn(Producer.new("producer" .. i, 3 + i % 2, workers, n))
  end
  for i = 1, 4 do
    scheduler:spawn(Ticker.new("ticker" .. i, i, 5 * i, n))
  end
  scheduler:run()
  return ("%d %d %d"):format(scheduler.switches, collector.received, collector.sum)
end

return {
  name = "scheduler",
  n = 6000,
  expected = "81186 18000 248839",
  quick_n = 60,
  quick_expected = "840 180 22890",
  run = run,
}
