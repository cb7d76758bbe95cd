module sluice.test/service

go 1.25
